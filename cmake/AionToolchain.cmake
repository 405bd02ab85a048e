# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Language level, warnings, hardening and instrumentation.
#   aion_build_options   interface target linked by everything that we wrote
#   aion_link_options    the link side of it, for executables

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(AION_CLANG OFF)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    set(AION_CLANG ON)
endif()
set(AION_INSTRUMENTED OFF)
if(AION_SANITIZE OR AION_COVERAGE OR AION_FUZZ)
    set(AION_INSTRUMENTED ON)
endif()

# A clone at any path gives the same objects: there is no build path in them, so
# that ccache, kept in our cache folder, finds what another clone compiled.
if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER AND PROJECT_IS_TOP_LEVEL)
    find_program(AION_CCACHE ccache)
    if(AION_CCACHE)
        set(launcher env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1)
        if(NOT DEFINED ENV{CCACHE_DIR})
            list(APPEND launcher "CCACHE_DIR=${AION_CACHE}/ccache")
        endif()
        list(APPEND launcher "${AION_CCACHE}")
        set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
        set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
    endif()
endif()
add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")

add_library(aion_build_options INTERFACE)
target_compile_options(aion_build_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-align -Wcast-qual
    -Wundef -Wformat=2 -Wimplicit-fallthrough -Wmissing-declarations -Wdouble-promotion
    $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast>
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
    $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>
    $<$<COMPILE_LANGUAGE:CXX>:-Wextra-semi>)
if(AION_CLANG)
    target_compile_options(aion_build_options INTERFACE
        -Wshadow-all -Wno-shadow-field-in-constructor -Wno-shadow-uncaptured-local -Wnewline-eof -Wunreachable-code)
else()
    target_compile_options(aion_build_options INTERFACE
        -Wduplicated-cond -Wduplicated-branches -Wlogical-op
        $<$<COMPILE_LANGUAGE:CXX>:-Wuseless-cast>
        $<$<COMPILE_LANGUAGE:CXX>:-Wredundant-tags>
        # GCC 12 reports inlined std::string concatenations (GCC PR 105651, fixed in 13).
        $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
endif()
if(AION_WERROR)
    target_compile_options(aion_build_options INTERFACE -Werror)
endif()

# Hardening. Fortify needs optimisation and gets in the sanitizers' way.
add_compile_options(-fstack-protector-strong)
add_compile_definitions($<$<COMPILE_LANGUAGE:CXX>:_GLIBCXX_ASSERTIONS>)
if(NOT AION_INSTRUMENTED)
    add_compile_options($<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
                        $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
    add_compile_options(-ffunction-sections -fdata-sections)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        add_compile_options(-fcf-protection)
    endif()
endif()
include(CheckPIESupported)
check_pie_supported()
add_library(aion_link_options INTERFACE)
target_link_options(aion_link_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(NOT AION_INSTRUMENTED)
    target_link_options(aion_link_options INTERFACE -Wl,--gc-sections)
endif()

if(AION_INSTRUMENTED AND AION_CLANG)
    target_link_options(aion_link_options INTERFACE -fuse-ld=lld)
endif()
if(AION_SANITIZE)
    add_compile_options("-fsanitize=${AION_SANITIZE}" -fno-omit-frame-pointer
                        -fno-sanitize-recover=all -g1)
    add_link_options("-fsanitize=${AION_SANITIZE}")
endif()
if(AION_COVERAGE)
    if(NOT AION_CLANG)
        message(FATAL_ERROR "AION_COVERAGE needs clang")
    endif()
    add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
    add_link_options(-fprofile-instr-generate)
endif()
if(AION_FUZZ)
    if(NOT AION_CLANG)
        message(FATAL_ERROR "AION_FUZZ needs clang (it brings libFuzzer)")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Link-time optimisation in optimised GCC builds. Objects stay "fat" so that the
# installed archive also serves consumers without LTO, and so that tests, which
# relink often, can leave it out (see aion_executable).
set(AION_LTO OFF)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT AION_INSTRUMENTED AND NOT AION_CLANG)
    set(AION_LTO ON)
    add_compile_options(-flto=auto -ffat-lto-objects)
endif()
