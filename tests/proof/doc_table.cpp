// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/doc_table.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace aion::proof {

namespace {

std::string trimmed(std::string cell) {
    std::erase(cell, '`');
    const std::size_t first = cell.find_first_not_of(' ');
    if (first == std::string::npos) {
        return {};
    }
    return cell.substr(first, cell.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream rest(line.substr(1));  // Behind the leading bar.
    for (std::string cell; std::getline(rest, cell, '|');) {
        cells.push_back(trimmed(cell));
    }
    return cells;
}

}  // namespace

std::map<std::string, std::vector<std::string>> table_below(const std::string& page,
                                                            const std::string& heading) {
    std::ifstream file(page);
    std::string line;
    while (std::getline(file, line) && line != heading) {
    }
    while (std::getline(file, line) && !line.starts_with('|')) {
    }
    std::map<std::string, std::vector<std::string>> rows;
    std::getline(file, line);  // The rule below the column heads.
    while (std::getline(file, line) && line.starts_with('|')) {
        auto cells = cells_of(line);
        const std::string name = cells.front();
        cells.erase(cells.begin());
        rows[name] = std::move(cells);
    }
    if (rows.empty()) {
        throw std::runtime_error("no table below '" + heading + "' of " + page);
    }
    return rows;
}

}  // namespace aion::proof
