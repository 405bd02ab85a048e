# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What `cmake --install` puts where: the headers, one archive, the CMake package
# with target aion::aion, and aion.pc. A private libcrypto travels along in
# lib/aion/, found relative to the package, so that the prefix may be moved.

include(CMakePackageConfigHelpers)

set(AION_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/aion")

install(TARGETS aion EXPORT aion-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT aion-targets NAMESPACE aion:: DESTINATION "${AION_PACKAGE_DIR}")
if(TARGET aion_network)
    # A package of its own in the same folder: whoever does not ask for it needs no libcurl.
    install(TARGETS aion_network EXPORT aion-net-targets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    install(EXPORT aion-net-targets NAMESPACE aion:: DESTINATION "${AION_PACKAGE_DIR}")
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/aion" "${PROJECT_BINARY_DIR}/include/aion"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
if(AION_BUILD_CLI)
    install(TARGETS aion_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
    if(TARGET aion_net_cli)
        # Where bin/aion looks for it, and no path leads.
        install(TARGETS aion_net_cli RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/aion")
    endif()
    if(NOT AION_INSTRUMENTED AND NOT CMAKE_CROSSCOMPILING)
        # The program writes its own manual page and shell completions.
        set(generated "")
        function(aion_generated file destination)
            set(output "${PROJECT_BINARY_DIR}/share/${file}")
            add_custom_command(OUTPUT "${output}"
                COMMAND aion_cli ${ARGN} > "${output}" DEPENDS aion_cli VERBATIM)
            install(FILES "${output}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${destination}")
            set(generated ${generated} "${output}" PARENT_SCOPE)
        endfunction()
        file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/share")
        aion_generated(aion.1 man/man1 man)
        aion_generated(aion bash-completion/completions completion bash)
        aion_generated(_aion zsh/site-functions completion zsh)
        aion_generated(aion.fish fish/vendor_completions.d completion fish)
        add_custom_target(aion_generated_pages ALL DEPENDS ${generated})
    endif()
endif()
install(FILES LICENSE LICENSE-APACHE LICENSE-MIT DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# Libraries that our archive needs at link time, in both dialects.
set(AION_PC_REQUIRES "")
set(AION_PC_LIBS "-ldl -pthread -lstdc++ -lm")
if(AION_LIBCRYPTO_PRIVATE)
    install(FILES "${AION_LIBCRYPTO}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/aion")
    set(AION_PC_LIBS "\${libdir}/aion/libcrypto.a ${AION_PC_LIBS}")
else()
    string(APPEND AION_PC_REQUIRES " libcrypto")
endif()
set(AION_NEEDS_LIBARGON2 OFF)
if(AION_LIBARGON2)
    set(AION_NEEDS_LIBARGON2 ON)
    string(APPEND AION_PC_REQUIRES " libargon2")
endif()
string(APPEND AION_PC_REQUIRES " sqlite3 yaml-cpp")
if(NOT AION_BLAKE3_BUNDLED)
    string(APPEND AION_PC_REQUIRES " libblake3")
endif()
if(NOT AION_FMT_BUNDLED)
    string(APPEND AION_PC_REQUIRES " fmt")
endif()

configure_package_config_file(
    cmake/aionConfig.cmake.in "${PROJECT_BINARY_DIR}/aionConfig.cmake"
    INSTALL_DESTINATION "${AION_PACKAGE_DIR}"
    PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/aionConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/aionConfig.cmake" "${PROJECT_BINARY_DIR}/aionConfigVersion.cmake"
    DESTINATION "${AION_PACKAGE_DIR}")

# The prefix is where the .pc file is, not where it was first installed.
file(RELATIVE_PATH AION_PC_PREFIX "/p/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/p")
configure_file(cmake/aion.pc.in "${PROJECT_BINARY_DIR}/aion.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/aion.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
