# The manual page and the completions of bash and zsh, which the program makes of its tables of options.
set(pages ${CMAKE_BINARY_DIR}/pages)
file(MAKE_DIRECTORY ${pages})
add_custom_command(OUTPUT ${pages}/cludi.1 ${pages}/cludi ${pages}/_cludi
                   COMMAND cludi --print-manual <${PROJECT_SOURCE_DIR}/docs/cludi.1.in >${pages}/cludi.1
                   COMMAND cludi --print-completion bash >${pages}/cludi
                   COMMAND cludi --print-completion zsh >${pages}/_cludi
                   DEPENDS cludi cludi_shared ${PROJECT_SOURCE_DIR}/docs/cludi.1.in)
add_custom_target(pages ALL DEPENDS ${pages}/cludi.1)
