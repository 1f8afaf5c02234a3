# What `make install` puts where. Included last by the top CMakeLists.txt.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cludi)

install(DIRECTORY include/cludi DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES docs/cludi.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(TARGETS cludi_installed RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(module cludi_images cludi_hdf5)
    if(TARGET ${module})
        install(TARGETS ${module} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
    endif()
endforeach()

# CMake. What the static library needs besides, cludiConfig.cmake finds by these names.
set(CLUDI_STATIC_NAMES z jansson)
if(CLUDI_LIBZIP)
    list(APPEND CLUDI_STATIC_NAMES zip)
endif()
if(CLUDI_ONEDNN)
    list(APPEND CLUDI_STATIC_NAMES dnnl)
endif()
set(CLUDI_OPENMP_NAMES ${OpenMP_C_LIB_NAMES})
list(JOIN CLUDI_STATIC_NAMES " " CLUDI_STATIC_NAMES)
list(JOIN CLUDI_OPENMP_NAMES " " CLUDI_OPENMP_NAMES)
foreach(kind shared static)
    install(TARGETS cludi_${kind} EXPORT cludi-${kind} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(EXPORT cludi-${kind} NAMESPACE cludi:: FILE cludi-${kind}.cmake DESTINATION ${package_dir})
endforeach()
configure_package_config_file(cmake/cludiConfig.cmake.in ${CMAKE_BINARY_DIR}/cludiConfig.cmake
                              INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/cludiConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/cludiConfig.cmake ${CMAKE_BINARY_DIR}/cludiConfigVersion.cmake
        DESTINATION ${package_dir})

# pkg-config: the prefix is found from the place of the file, so the tree may be moved.
file(RELATIVE_PATH CLUDI_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" CLUDI_PC_PREFIX ${CLUDI_PC_PREFIX})
if(CLUDI_ONEDNN)
    set(CLUDI_PC_DNNL " -ldnnl")
else()
    set(CLUDI_PC_DNNL "")
endif()
set(CLUDI_PC_REQUIRES "")
if(CLUDI_LIBZIP)
    string(APPEND CLUDI_PC_REQUIRES " libzip")
endif()
configure_file(cmake/cludi.pc.in ${CMAKE_BINARY_DIR}/cludi.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/cludi.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
