# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Whether bin/aion is linked statically and at a fixed address, libc included, so that nothing is
# left to load and to relocate when it starts (docs/performance.md#a-cold-process). Sets
# AION_PROGRAM_IS_STATIC anew with each configuration: what it depends on may have changed.
#
#   aion_static_program(TARGET)   links a program so
include(CheckCXXSourceCompiles)

set(AION_STATIC_PROGRAM AUTO CACHE STRING
    "Link bin/aion statically and at a fixed address, so that it starts sooner: AUTO, ON, OFF")
set_property(CACHE AION_STATIC_PROGRAM PROPERTY STRINGS AUTO ON OFF)

# Why it cannot be, or nothing.
function(aion_why_not_static out)
    set(why "")
    set(CMAKE_REQUIRED_LINK_OPTIONS -static -no-pie)
    check_cxx_source_compiles("#include <thread>
int main() { std::thread([] {}).join(); }" AION_LIBC_IS_STATIC)
    set(fmt_type "")
    set(blake3_type "")
    if(TARGET fmt::fmt)
        get_target_property(fmt_type fmt::fmt TYPE)
    endif()
    if(TARGET BLAKE3::blake3)
        get_target_property(blake3_type BLAKE3::blake3 TYPE)
    endif()
    if(AION_INSTRUMENTED)
        set(why "instrumented programs are dynamic")
    elseif(NOT AION_LIBC_IS_STATIC)
        set(why "there is no static libc")
    elseif(NOT AION_LIBCRYPTO_PRIVATE)
        set(why "the system's own libcrypto loads modules")
    elseif(NOT AION_FMT_BUNDLED AND NOT "${fmt_type}" STREQUAL "STATIC_LIBRARY")
        set(why "there is no static fmt")
    elseif(NOT AION_BLAKE3_BUNDLED AND NOT "${blake3_type}" STREQUAL "STATIC_LIBRARY")
        set(why "there is no static BLAKE3")
    elseif(NOT AION_SQLITE_STATIC)
        set(why "there is no static SQLite")
    elseif(NOT AION_YAML_STATIC)
        set(why "there is no static yaml-cpp")
    endif()
    set(${out} "${why}" PARENT_SCOPE)
endfunction()

set(AION_PROGRAM_IS_STATIC OFF)
set(wanted "${AION_STATIC_PROGRAM}")
if(wanted STREQUAL "AUTO" AND (NOT CMAKE_SYSTEM_NAME STREQUAL "Linux"
        OR CMAKE_BUILD_TYPE STREQUAL "Debug"))
    set(wanted OFF)
endif()
if(wanted)
    aion_why_not_static(why)
    if(why STREQUAL "")
        set(AION_PROGRAM_IS_STATIC ON)
    elseif(wanted STREQUAL "AUTO")
        message(STATUS "bin/aion is dynamic: ${why}")
    else()
        message(FATAL_ERROR "AION_STATIC_PROGRAM=${wanted}: ${why}")
    endif()
endif()

# With the functions that it runs at every start side by side, where the linker takes the list in
# startup.ld beside it.
function(aion_static_program target)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    # The functions are sections of their own also where link-time optimisation makes them.
    target_link_options(${target} PRIVATE -static -ffunction-sections -fdata-sections
        "-Wl,-Map,${CMAKE_CURRENT_BINARY_DIR}/aion.map")
    set(order "${CMAKE_CURRENT_SOURCE_DIR}/startup.ld")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${order}")
    file(MD5 "${order}" hash)
    set(CMAKE_REQUIRED_LINK_OPTIONS -static -no-pie "-Wl,-T,${order}")
    check_cxx_source_compiles("int main() {}" AION_LINKER_ORDERS_FUNCTIONS_${hash})
    if(AION_LINKER_ORDERS_FUNCTIONS_${hash})
        target_link_options(${target} PRIVATE "-Wl,-T,${order}")
        set_target_properties(${target} PROPERTIES LINK_DEPENDS "${order}")
    endif()
    # The linker writes a file here and there; written from front to back, it lies in large pieces
    # of the page cache, as one read from the disk does, and these are mapped at once.
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND cp "$<TARGET_FILE:${target}>" "$<TARGET_FILE:${target}>.whole"
        COMMAND mv "$<TARGET_FILE:${target}>.whole" "$<TARGET_FILE:${target}>"
        VERBATIM)
endfunction()
