# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Every third-party library that we link, as one target each:
#   aion::crypto_backend   static libcrypto >= 3.5; with AION_SYSTEM_CRYPTO >= 3.0 and
#                          libargon2, for the Argon2id that it lacks
#   aion::blake3           official BLAKE3 C (target aion_blake3 when built here)
#   aion::fmt              fmt, compiled once into our own archive
#   aion::sqlite           SQLite >= 3.37, libsqlite3.a where there is one
#   nlohmann_json::nlohmann_json (tests and fuzz targets only)
#   aion::yaml             yaml-cpp, libyaml-cpp.a where there is one
#   CURL::libcurl          >= 7.85 (room net/ and the program aion-net only; AION_HAS_CURL)
#   PkgConfig::AION_HTTPLIB  0.11 (likewise, where it is; AION_HAS_HTTPLIB)
#   PkgConfig::AION_PQ     libpq >= 12 (likewise, where it is; AION_HAS_PQ)
#   aion::cli11 (command line only)
#
# The system's copy comes first where it is new enough. Where it is not, the copy
# that ./dev keeps in the user's cache is used (see cmake/deps/provide).

find_package(PkgConfig QUIET)
find_package(Threads REQUIRED)

# Newest cache folder matching a glob, or empty.
function(aion_cached out pattern)
    file(GLOB found LIST_DIRECTORIES true "${AION_CACHE}/${pattern}")
    set(newest "")
    if(found)
        list(SORT found COMPARE NATURAL ORDER DESCENDING)
        list(GET found 0 newest)
    endif()
    set(${out} "${newest}" PARENT_SCOPE)
endfunction()

# --- libcrypto -------------------------------------------------------------
set(AION_LIBCRYPTO "")
set(AION_LIBCRYPTO_PRIVATE OFF)  # our own build of it, which an install has to bring along
set(AION_LIBARGON2 "")           # where libcrypto has no Argon2id
set(oldest 3.5)
if(AION_SYSTEM_CRYPTO)
    set(oldest 3.0)
endif()
if(PKG_CONFIG_FOUND)
    pkg_check_modules(AION_PC_LIBCRYPTO QUIET "libcrypto>=${oldest}")
endif()
if(AION_PC_LIBCRYPTO_FOUND)
    find_library(AION_SYSTEM_LIBCRYPTO libcrypto.a HINTS ${AION_PC_LIBCRYPTO_LIBDIR} NO_CACHE)
    if(AION_SYSTEM_LIBCRYPTO)
        set(AION_LIBCRYPTO "${AION_SYSTEM_LIBCRYPTO}")
        set(AION_LIBCRYPTO_INCLUDE "${AION_PC_LIBCRYPTO_INCLUDEDIR}")
        set(AION_LIBCRYPTO_EXTRA ${AION_PC_LIBCRYPTO_STATIC_LIBRARIES})
        list(REMOVE_ITEM AION_LIBCRYPTO_EXTRA crypto)
    endif()
endif()
if(AION_LIBCRYPTO AND AION_PC_LIBCRYPTO_VERSION VERSION_LESS 3.2)
    find_library(AION_SYSTEM_LIBARGON2 libargon2.a NO_CACHE)
    find_path(AION_LIBARGON2_INCLUDE argon2.h NO_CACHE)
    if(NOT AION_SYSTEM_LIBARGON2 OR NOT AION_LIBARGON2_INCLUDE)
        message(FATAL_ERROR "OpenSSL ${AION_PC_LIBCRYPTO_VERSION} has no Argon2id and libargon2 is"
            " not installed; run: ./dev setup, or install libargon2-dev")
    endif()
    set(AION_LIBARGON2 "${AION_SYSTEM_LIBARGON2}")
endif()
if(NOT AION_LIBCRYPTO AND AION_SYSTEM_CRYPTO)
    message(FATAL_ERROR "No static libcrypto >= 3.0 on this system; install libssl-dev")
endif()
if(NOT AION_LIBCRYPTO)
    file(STRINGS "${PROJECT_SOURCE_DIR}/cmake/deps/openssl.options" lines)
    set(options "")
    foreach(line IN LISTS lines)
        if(NOT line MATCHES "^#" AND NOT line STREQUAL "")
            string(APPEND options "${line}\n")
        endif()
    endforeach()
    string(SHA256 hash "${options}")
    string(SUBSTRING "${hash}" 0 12 hash)
    aion_cached(folder "openssl-*-${hash}")
    if(NOT folder)
        message(FATAL_ERROR
            "No static libcrypto >= 3.5 on this system and none in ${AION_CACHE}; run: ./dev setup")
    endif()
    set(AION_LIBCRYPTO_PRIVATE ON)
    set(AION_LIBCRYPTO "${folder}/lib/libcrypto.a")
    set(AION_LIBCRYPTO_INCLUDE "${folder}/include")
    set(AION_LIBCRYPTO_EXTRA "")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cmake/deps/openssl.options)
add_library(aion_crypto_backend INTERFACE)
add_library(aion::crypto_backend ALIAS aion_crypto_backend)
target_include_directories(aion_crypto_backend SYSTEM INTERFACE "${AION_LIBCRYPTO_INCLUDE}")
if(AION_LIBARGON2)
    target_include_directories(aion_crypto_backend SYSTEM INTERFACE "${AION_LIBARGON2_INCLUDE}")
    target_compile_definitions(aion_crypto_backend INTERFACE AION_LIBARGON2)
endif()
target_link_libraries(aion_crypto_backend INTERFACE
    ${AION_LIBARGON2} "${AION_LIBCRYPTO}" ${AION_LIBCRYPTO_EXTRA} ${CMAKE_DL_LIBS} Threads::Threads)

# --- BLAKE3 ----------------------------------------------------------------
set(AION_BLAKE3_BUNDLED OFF)
set(AION_BLAKE3_SHARES OFF)
set(folder "")
if(NOT AION_SYSTEM_CRYPTO)
    # Sources first: only they can be told who does the halves of a large input.
    aion_cached(folder "blake3-[0-9]*")
    if(NOT folder)
        find_package(blake3 1.8 CONFIG QUIET)
    endif()
endif()
if(blake3_FOUND)
    message(STATUS "BLAKE3 is this system's library: large files are hashed on one core")
    add_library(aion::blake3 ALIAS BLAKE3::blake3)
else()
    set(AION_BLAKE3_BUNDLED ON)
    # This release's own, which is older, is the last resort; it serves, on one core.
    if(NOT folder)
        aion_cached(folder "blake3-own-*")
    endif()
    if(NOT folder)
        message(FATAL_ERROR
            "No BLAKE3 >= 1.8 on this system and no sources in ${AION_CACHE}; run: ./dev setup")
    endif()
    set(sources "${folder}/blake3.c" "${folder}/blake3_dispatch.c" "${folder}/blake3_portable.c")
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        foreach(level sse2 sse41 avx2 avx512)
            list(APPEND sources "${folder}/blake3_${level}_x86-64_unix.S")
        endforeach()
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
        list(APPEND sources "${folder}/blake3_neon.c")
    endif()
    add_library(aion_blake3 OBJECT ${sources})
    add_library(aion::blake3 ALIAS aion_blake3)
    target_include_directories(aion_blake3 SYSTEM INTERFACE "${folder}")
    # BLAKE3_API symbols stay out of the dynamic symbol table of whoever links us.
    target_compile_options(aion_blake3 PRIVATE $<$<COMPILE_LANGUAGE:C,CXX>:-fvisibility=hidden>)
    # Where it can divide its work, src/crypto/blake3_join.cpp does so, in place of the author's
    # blake3_tbb.cpp, which would need oneTBB.
    if(EXISTS "${folder}/blake3_tbb.cpp")
        set(AION_BLAKE3_SHARES ON)
        target_compile_definitions(aion_blake3 PUBLIC BLAKE3_USE_TBB
            INTERFACE AION_BLAKE3_SHARES)
    endif()
endif()

# --- fmt -------------------------------------------------------------------
# Debian ships no libfmt.a, and header-only mode costs three seconds a file, so
# the library's one source is compiled here.
find_package(fmt REQUIRED)
set(AION_FMT_BUNDLED OFF)
if(fmt_VERSION VERSION_LESS 10)
    set(AION_FMT_BUNDLED ON)
    add_library(aion_fmt OBJECT "${PROJECT_SOURCE_DIR}/cmake/deps/fmt.cpp")
    get_target_property(include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
    target_include_directories(aion_fmt SYSTEM PUBLIC ${include})
else()
    add_library(aion_fmt INTERFACE)
    target_link_libraries(aion_fmt INTERFACE fmt::fmt)
endif()
add_library(aion::fmt ALIAS aion_fmt)

# --- SQLite ----------------------------------------------------------------
# What the room archive/ keeps between runs. 3.37 is the first with all that it asks for.
find_package(SQLite3 3.37 REQUIRED)
find_library(AION_SQLITE_STATIC libsqlite3.a)
add_library(aion_sqlite INTERFACE)
add_library(aion::sqlite ALIAS aion_sqlite)
target_include_directories(aion_sqlite SYSTEM INTERFACE ${SQLite3_INCLUDE_DIRS})
if(AION_SQLITE_STATIC)
    target_link_libraries(aion_sqlite INTERFACE
        "${AION_SQLITE_STATIC}" m ${CMAKE_DL_LIBS} Threads::Threads)
else()
    target_link_libraries(aion_sqlite INTERFACE ${SQLite3_LIBRARIES})
endif()

# --- yaml-cpp --------------------------------------------------------------
# Reads the YAML of others for the room report/.
find_package(yaml-cpp REQUIRED)
find_library(AION_YAML_STATIC libyaml-cpp.a)
add_library(aion_yaml INTERFACE)
add_library(aion::yaml ALIAS aion_yaml)
if(AION_YAML_STATIC)
    target_link_libraries(aion_yaml INTERFACE "${AION_YAML_STATIC}")
else()
    target_link_libraries(aion_yaml INTERFACE yaml-cpp)
endif()

# --- libcurl -----------------------------------------------------------------
# What talks to registries: the room net/ and the program aion-net, and nothing else.
set(AION_NETWORK AUTO CACHE STRING "Build what talks to registries, by libcurl: AUTO, ON, OFF")
set_property(CACHE AION_NETWORK PROPERTY STRINGS AUTO ON OFF)
set(AION_HAS_CURL OFF)
if(AION_NETWORK)
    find_package(CURL 7.85 QUIET)
    if(CURL_FOUND)
        set(AION_HAS_CURL ON)
    elseif(AION_NETWORK STREQUAL "ON")
        message(FATAL_ERROR "AION_NETWORK=ON: no libcurl >= 7.85; install libcurl4-openssl-dev")
    else()
        message(STATUS "No libcurl >= 7.85 (libcurl4-openssl-dev): aion-net, which talks to"
            " registries, is not built")
    endif()
endif()

# --- cpp-httplib -------------------------------------------------------------
# What serves a transparency log and a witness (room net/, the program aion-net). Of its Server the
# part that reads requests is used, which not every version lets a subclass do.
set(AION_HAS_HTTPLIB OFF)
if(AION_HAS_CURL)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
        pkg_check_modules(AION_HTTPLIB QUIET IMPORTED_TARGET cpp-httplib)
    endif()
    if(AION_HTTPLIB_FOUND)
        include(CheckCXXSourceCompiles)
        set(CMAKE_REQUIRED_LIBRARIES PkgConfig::AION_HTTPLIB)
        check_cxx_source_compiles("
            #include <httplib.h>
            struct Reader : httplib::Server {
                bool read(httplib::Stream& stream, bool closed) {
                    return process_request(stream, true, closed, nullptr);
                }
            };
            int main() { Reader reader; return sizeof reader == 0; }"
            AION_HTTPLIB_WORKS)
        unset(CMAKE_REQUIRED_LIBRARIES)
        if(AION_HTTPLIB_WORKS)
            set(AION_HAS_HTTPLIB ON)
        endif()
    endif()
    if(NOT AION_HAS_HTTPLIB)
        message(STATUS "No cpp-httplib that we know (libcpp-httplib-dev 0.11): aion-net, which"
            " serves logs and witnesses, is built without that")
    endif()
endif()

# --- libpq -------------------------------------------------------------------
# Where several machines append to one log (room net/, the program aion-net).
set(AION_HAS_PQ OFF)
if(AION_HAS_HTTPLIB)
    pkg_check_modules(AION_PQ QUIET IMPORTED_TARGET libpq>=12)
    if(AION_PQ_FOUND)
        set(AION_HAS_PQ ON)
    else()
        message(STATUS "No libpq >= 12 (libpq-dev): aion-net, which serves logs, is built without"
            " PostgreSQL")
    endif()
endif()

# --- tests only ------------------------------------------------------------
if(AION_BUILD_TESTS OR AION_FUZZ)
    find_package(nlohmann_json 3.11 REQUIRED)
endif()

# --- command line only -----------------------------------------------------
if(AION_BUILD_CLI)
    find_package(CLI11 REQUIRED)
    add_library(aion_cli11 INTERFACE)
    add_library(aion::cli11 ALIAS aion_cli11)
    target_link_libraries(aion_cli11 INTERFACE CLI11::CLI11)
endif()
