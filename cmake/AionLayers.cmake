# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Reads src/layers.txt, which says what each room of src/ may use.
#
#   AION_LAYERS                       the declared rooms that have a folder, in order
#   aion_layers_below(OUT trust)      what trust reaches, itself last

set(AION_LAYERS_FILE "${PROJECT_SOURCE_DIR}/src/layers.txt")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${AION_LAYERS_FILE}")

set(AION_LAYERS "")
set(declared "")
file(STRINGS "${AION_LAYERS_FILE}" lines REGEX "^[^#]")
foreach(line IN LISTS lines)
    if(NOT line MATCHES "^([a-z]+):(.*)$")
        message(FATAL_ERROR "${AION_LAYERS_FILE}: not of the form 'room: rooms': ${line}")
    endif()
    set(room ${CMAKE_MATCH_1})
    string(REGEX MATCHALL "[^ ]+" uses "${CMAKE_MATCH_2}")
    if(uses MATCHES "^(public|[a-z]+[.]h)$")
        continue() # no room; the tidy test holds it to that
    endif()
    list(TRANSFORM uses REPLACE "/.*" "")
    list(REMOVE_DUPLICATES uses)
    set(reached "")
    foreach(used IN LISTS uses)
        if(NOT used IN_LIST declared)
            message(FATAL_ERROR
                "${AION_LAYERS_FILE}: ${room} uses '${used}', which no line above it declares")
        endif()
        list(APPEND reached ${AION_REACHED_${used}} ${used})
    endforeach()
    list(REMOVE_DUPLICATES reached)
    if(room IN_LIST declared)
        message(FATAL_ERROR "${AION_LAYERS_FILE}: ${room} is declared twice")
    endif()
    list(APPEND declared ${room})
    set(AION_REACHED_${room} ${reached})
    if(EXISTS "${PROJECT_SOURCE_DIR}/src/${room}/CMakeLists.txt")
        list(APPEND AION_LAYERS ${room})
    endif()
endforeach()

file(GLOB folders RELATIVE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/src/*/CMakeLists.txt")
foreach(folder IN LISTS folders)
    get_filename_component(folder "${folder}" DIRECTORY)
    if(NOT folder IN_LIST declared)
        message(FATAL_ERROR "src/${folder}: declare in src/layers.txt what it may use")
    endif()
endforeach()

# What the room `name` may use, directly or through what it uses, and itself; of those the ones
# with a folder, in the order of the declaration.
function(aion_layers_below out name)
    if(NOT name IN_LIST AION_LAYERS)
        message(FATAL_ERROR "unknown layer '${name}'; known: ${AION_LAYERS}")
    endif()
    set(below "")
    foreach(room IN LISTS AION_LAYERS)
        if(room STREQUAL name OR room IN_LIST AION_REACHED_${name})
            list(APPEND below ${room})
        endif()
    endforeach()
    set(${out} ${below} PARENT_SCOPE)
endfunction()
