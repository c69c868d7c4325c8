# The imported target PVXS::pvxs: libpvxs as the pvxslibs wheel of this Python installs it.
# libCom is not linked: the binding needs no symbol of it, and its soname would pin one epicscorelibs.
# Also sets AIOPVXS_LINE and AIOPVXS_VERSION; a pvxslibs of another line is refused here.
execute_process(
  COMMAND "${Python_EXECUTABLE}" "${CMAKE_CURRENT_LIST_DIR}/pvxs_config.py"
  OUTPUT_VARIABLE PVXS_CONFIG
  RESULT_VARIABLE PVXS_CONFIG_FAILED
  ERROR_VARIABLE PVXS_CONFIG_ERROR)
if(PVXS_CONFIG_FAILED)
  message(FATAL_ERROR "${PVXS_CONFIG_ERROR}")
endif()
cmake_language(EVAL CODE "${PVXS_CONFIG}")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  PVXS
  REQUIRED_VARS PVXS_LIBRARY PVXS_INCLUDE_DIRS
  VERSION_VAR PVXS_VERSION)

if(PVXS_FOUND AND NOT TARGET PVXS::pvxs)
  add_library(PVXS::pvxs UNKNOWN IMPORTED)
  set_target_properties(
    PVXS::pvxs
    PROPERTIES IMPORTED_LOCATION "${PVXS_LIBRARY}"
               INTERFACE_INCLUDE_DIRECTORIES "${PVXS_INCLUDE_DIRS}"
               INTERFACE_COMPILE_DEFINITIONS "${PVXS_DEFINITIONS};PVXS_ENABLE_EXPERT_API")
endif()
