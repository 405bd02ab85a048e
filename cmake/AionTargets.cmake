# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The functions that every CMakeLists.txt of the tree is written with.
#
#   aion_layer(base SOURCES a.cpp ... [LINK lib ...] [FOR_SIZE])     src/<layer>
#   aion_for_size(a.cpp ...)                              of them, what runs once and for no time
#   aion_tests(base SOURCES a_test.cpp ... [LINK ...] [LABELS threads ...] [TIMEOUT s])
#   aion_bench(NAME SOURCES ... [LINK ...])               bench/
#   aion_fuzz(NAME SOURCES ...)                           fuzz/
#   aion_example(NAME SOURCES ...)                        examples/

include(AionLayers)

# A listed file that does not exist is left out with a warning rather than
# stopping the whole tree; the tidy test fails on it.
function(aion_existing out)
    set(kept "")
    foreach(file IN LISTS ARGN)
        if(IS_ABSOLUTE "${file}" OR EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
            list(APPEND kept "${file}")
        else()
            message(WARNING "${CMAKE_CURRENT_SOURCE_DIR}/${file} is listed but does not exist")
        endif()
    endforeach()
    set(${out} ${kept} PARENT_SCOPE)
endfunction()

# One object library per layer, so that a layer builds and is tested while those
# above it do not compile. All are merged into the library `aion`.
function(aion_layer name)
    cmake_parse_arguments(arg "FOR_SIZE" "" "SOURCES;LINK" ${ARGN})
    aion_existing(arg_SOURCES ${arg_SOURCES})
    if(arg_FOR_SIZE)
        aion_for_size(${arg_SOURCES})
    endif()
    if(NOT arg_SOURCES)
        set(arg_SOURCES "${CMAKE_CURRENT_BINARY_DIR}/empty.cpp")
        file(CONFIGURE OUTPUT "${arg_SOURCES}" CONTENT "" @ONLY)
    endif()
    add_library(aion_${name} OBJECT ${arg_SOURCES})
    target_include_directories(aion_${name}
        PUBLIC "${PROJECT_SOURCE_DIR}/include" "${PROJECT_BINARY_DIR}/include"
        PRIVATE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(aion_${name} PRIVATE aion_build_options ${arg_LINK})
endfunction()

# Compiles sources of a layer for size in a release: what runs once, as a page is written or a
# command's file is read, is better small than unrolled. The program has to fit into a tight limit on
# address space (tests/system/no_threads_test.cpp). Nothing that docs/performance.md has a row for.
function(aion_for_size)
    if(NOT AION_INSTRUMENTED)
        set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-Os>")
    endif()
endfunction()

# What an executable of ours has in common. WITH_LTO for those that ship or are
# measured; the others link the plain half of the fat objects and are themselves
# compiled with -O1: they are many and relinked often.
function(aion_executable target)
    cmake_parse_arguments(arg "WITH_LTO" "" "SOURCES;LINK" ${ARGN})
    add_executable(${target} ${arg_SOURCES})
    target_link_libraries(${target} PRIVATE aion_build_options aion_link_options ${arg_LINK})
    if(AION_LTO AND NOT arg_WITH_LTO)
        target_compile_options(${target} PRIVATE -fno-lto -O1)
        target_link_options(${target} PRIVATE -fno-lto)
    endif()
endfunction()

# One GoogleTest executable per layer: <layer>_test. It links that layer and those that
# src/layers.txt lets it reach, so that a use of any other does not link; and may include their
# private headers ("<layer>/x.hpp").
function(aion_tests layer)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
    aion_existing(arg_SOURCES ${arg_SOURCES})
    if(NOT arg_SOURCES)
        return()
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    aion_layers_below(below ${layer})
    if("crypto" IN_LIST below)
        list(APPEND arg_LINK aion::blake3)
    endif()
    list(TRANSFORM below PREPEND aion_)
    aion_gtest(${layer}_test SOURCES ${arg_SOURCES} LINK ${below} aion::fmt ${arg_LINK}
        LABELS ${layer} ${arg_LABELS} TIMEOUT ${arg_TIMEOUT})
endfunction()

# The same for what is no layer: nothing is linked but what LINK says.
function(aion_gtest target)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
    aion_existing(arg_SOURCES ${arg_SOURCES})
    set(labels ${arg_LABELS})
    aion_executable(${target} SOURCES ${arg_SOURCES}
        LINK ${arg_LINK} aion_test_support GTest::gmock GTest::gtest_main rapidcheck)
    target_include_directories(${target} PRIVATE
        "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/tests")
    # Much of the time of a sanitizer's build goes into tests; what runs long is in the library.
    if(AION_INSTRUMENTED)
        target_compile_options(${target} PRIVATE -O0)
    endif()
    gtest_discover_tests(${target}
        DISCOVERY_MODE PRE_TEST
        DISCOVERY_TIMEOUT 60
        WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
        PROPERTIES TIMEOUT ${arg_TIMEOUT})
    # Separately, because gtest_discover_tests takes a list of labels apart.
    set(labelled "${CMAKE_CURRENT_BINARY_DIR}/${target}_labels.cmake")
    file(CONFIGURE OUTPUT "${labelled}" @ONLY CONTENT
"foreach(test IN LISTS @target@_TESTS)
    set_tests_properties(\"\${test}\" PROPERTIES LABELS \"@labels@\")
endforeach()
")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labelled}")
    # What a ThreadSanitizer run has to build.
    if("threads" IN_LIST labels)
        add_dependencies(aion_thread_tests ${target})
    endif()
endfunction()

function(aion_bench name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
    aion_executable(${name}_bench WITH_LTO SOURCES ${arg_SOURCES}
        LINK aion benchmark::benchmark ${arg_LINK})
    target_include_directories(${name}_bench PRIVATE "${PROJECT_SOURCE_DIR}/src")
endfunction()

# With AION_FUZZ a fuzzer; without, a test that replays the committed inputs.
function(aion_fuzz name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
    aion_executable(${name}_fuzz SOURCES ${arg_SOURCES}
        LINK aion_fuzz_support aion ${arg_LINK})
    target_include_directories(${name}_fuzz PRIVATE
        "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/fuzz")
    if(AION_FUZZ)
        target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
        add_dependencies(aion_fuzz_targets ${name}_fuzz)
    else()
        add_test(NAME fuzz.${name} COMMAND ${name}_fuzz fuzz/corpus/${name}
            WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
        set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
    endif()
endfunction()

function(aion_example name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
    aion_executable(example_${name} SOURCES ${arg_SOURCES} LINK aion ${arg_LINK})
    set_target_properties(example_${name} PROPERTIES OUTPUT_NAME ${name}
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/examples")
endfunction()
