// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/pager.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>
#include <vector>

#include "shell/context.hpp"

namespace aion::cli {
namespace {

// What the shell ends with where there is no such program, or none that can be run.
constexpr int not_executable = 126;
constexpr int not_found = 127;

// Less alone is asked for by name only where it is there; a shell would complain.
constexpr const char* less_if_there = "command -v less >/dev/null 2>&1 || exit 127; exec less";

// Whether options of less say that colours are shown as such: `FRX`, `-R`, `--RAW-CONTROL-CHARS`.
bool shows_colors(std::string_view options) {
    while (!options.empty()) {
        const std::size_t end = options.find_first_of(" \t");
        const std::string_view word = options.substr(0, end);
        const bool is_long = word.starts_with("--");
        if (is_long ? word == "--RAW-CONTROL-CHARS" || word == "--raw-control-chars"
                    : word.find_first_of("Rr") != std::string_view::npos) {
            return true;
        }
        options.remove_prefix(end == std::string_view::npos ? options.size() : end + 1);
    }
    return false;
}

// `less`, `/usr/bin/less -S`: the options, if it is less.
std::optional<std::string_view> options_of_less(std::string_view command) {
    const std::size_t end = command.find_first_of(" \t");
    std::string_view program = command.substr(0, end);
    program.remove_prefix(program.rfind('/') + 1);  // npos + 1 is 0
    if (program != "less") {
        return std::nullopt;
    }
    return end == std::string_view::npos ? std::string_view() : command.substr(end + 1);
}

std::optional<std::string> chosen_command(const Host& host) {
    if (auto command = host.variable("AION_PAGER")) {
        return command;
    }
    return host.variable("PAGER");
}

bool has_dumb_terminal(const Host& host) {
    const auto term = host.setting("TERM");
    return !term || *term == "dumb";
}

class ShellPager final : public PagerProcess {
  public:
    ShellPager(pid_t process, int input, const struct sigaction& interrupt,
               const struct sigaction& quit)
        : process_(process), input_(input), interrupt_(interrupt), quit_(quit) {}

    ~ShellPager() override { close_input(); }

    ShellPager(const ShellPager&) = delete;
    ShellPager& operator=(const ShellPager&) = delete;
    ShellPager(ShellPager&&) = delete;
    ShellPager& operator=(ShellPager&&) = delete;

    [[nodiscard]] int input() const noexcept override { return input_; }

    [[nodiscard]] bool finish() noexcept override {
        close_input();
        int status = 0;
        pid_t ended = -1;
        do {
            ended = ::waitpid(process_, &status, 0);
        } while (ended == -1 && errno == EINTR);
        ::sigaction(SIGINT, &interrupt_, nullptr);
        ::sigaction(SIGQUIT, &quit_, nullptr);
        // Where our parent does not want to know how children end, nobody can say.
        return ended != process_ || !WIFEXITED(status) ||
               (WEXITSTATUS(status) != not_executable && WEXITSTATUS(status) != not_found);
    }

  private:
    void close_input() noexcept {
        if (input_ != -1) {
            ::close(std::exchange(input_, -1));
        }
    }

    pid_t process_;
    int input_;
    struct sigaction interrupt_;
    struct sigaction quit_;
};

// What posix_spawn(3) is told: standard input is the pipe, and signals that we ignore ourselves do
// what they do by default.
class SpawnPlan {
  public:
    SpawnPlan(int input, const sigset_t& defaults) {
        is_good_ = ::posix_spawn_file_actions_init(&actions_) == 0;
        if (!is_good_) {
            return;
        }
        if (::posix_spawnattr_init(&attributes_) != 0) {
            ::posix_spawn_file_actions_destroy(&actions_);
            is_good_ = false;
            return;
        }
        is_made_ = true;
        is_good_ = ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO) == 0 &&
                   ::posix_spawnattr_setsigdefault(&attributes_, &defaults) == 0 &&
                   ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF) == 0;
    }

    ~SpawnPlan() {
        if (is_made_) {
            ::posix_spawnattr_destroy(&attributes_);
            ::posix_spawn_file_actions_destroy(&actions_);
        }
    }

    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    SpawnPlan(SpawnPlan&&) = delete;
    SpawnPlan& operator=(SpawnPlan&&) = delete;

    [[nodiscard]] std::optional<pid_t> run(std::string command, std::vector<char*> environment) {
        std::string shell = "/bin/sh";
        std::string option = "-c";
        const std::array<char*, 4> words = {shell.data(), option.data(), command.data(), nullptr};
        environment.push_back(nullptr);
        pid_t process = -1;
        const bool started =
            is_good_ && ::posix_spawn(&process, shell.c_str(), &actions_, &attributes_,
                                      words.data(), environment.data()) == 0;
        return started ? std::optional(process) : std::nullopt;
    }

  private:
    bool is_good_ = false;
    bool is_made_ = false;
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// Ours, and what less is to be told where nobody has told it.
std::vector<char*> environment_with(std::string& less, std::string& charset, bool sets_less) {
    std::vector<char*> variables;
    bool has_charset = false;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        has_charset = has_charset || std::string_view(*variable).starts_with("LESSCHARSET=");
        variables.push_back(*variable);
    }
    if (sets_less) {
        variables.push_back(less.data());
    }
    if (!has_charset) {
        variables.push_back(charset.data());
    }
    return variables;
}

// Ignores `signal`; `before` gets what was done about it.
bool ignore(int signal, struct sigaction& before) {
    struct sigaction ignored{};
    ignored.sa_handler = SIG_IGN;
    return ::sigaction(signal, &ignored, &before) == 0;
}

}  // namespace

std::optional<PagerChoice> pager_of(const Host& host) {
    const std::optional<std::string> chosen = chosen_command(host);
    if (chosen ? chosen->empty() || *chosen == "cat" : has_dumb_terminal(host)) {
        return std::nullopt;
    }
    const auto less = host.variable("LESS");
    const std::string pager = chosen.value_or("less");
    const auto options = options_of_less(pager);
    return PagerChoice{.command = chosen.value_or(less_if_there),
                       .sets_less = !less,
                       .keeps_colors = options && (shows_colors(*options) ||
                                                   shows_colors(less.value_or(default_less)))};
}

std::unique_ptr<PagerProcess> start_pager_process(const PagerChoice& choice) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return nullptr;
    }
    struct sigaction interrupt{};
    struct sigaction quit{};
    ignore(SIGINT, interrupt);
    ignore(SIGQUIT, quit);
    sigset_t defaults{};
    ::sigemptyset(&defaults);
    for (const int signal : {SIGPIPE, SIGXFSZ}) {
        ::sigaddset(&defaults, signal);
    }
    // What our parent had us ignore is ignored by the pager, too.
    for (const auto& [signal, before] : {std::pair{SIGINT, &interrupt}, {SIGQUIT, &quit}}) {
        if (before->sa_handler != SIG_IGN) {
            ::sigaddset(&defaults, signal);
        }
    }
    std::string less = std::string("LESS=") + default_less;
    std::string charset = "LESSCHARSET=utf-8";  // our text is, whatever the locale
    const auto process =
        SpawnPlan(ends[0], defaults)
            .run(choice.command, environment_with(less, charset, choice.sets_less));
    ::close(ends[0]);
    if (!process) {
        ::close(ends[1]);
        ::sigaction(SIGINT, &interrupt, nullptr);
        ::sigaction(SIGQUIT, &quit, nullptr);
        return nullptr;
    }
    return std::make_unique<ShellPager>(*process, ends[1], interrupt, quit);
}

Paging::Paging(Context& context, bool is_wanted) : context_(context) {
    Console& console = context.console;
    if (!is_wanted || console.is_quiet() || !console.out().is_terminal()) {
        return;
    }
    const auto choice = pager_of(context.host);
    if (!choice) {
        return;
    }
    console.out().flush();
    if (auto pager = context.host.start_pager(*choice)) {
        console.begin_paging(std::move(pager), choice->keeps_colors);
    }
}

Paging::~Paging() {
    context_.console.end_paging();
}

}  // namespace aion::cli
