# One module = one folder of src/ = one static library. A file can only see headers of the modules it names:
# each module exports its own include root, a directory that holds exactly one link to its own folder, and may name
# only modules declared before it. So the order of lines in src/CMakeLists.txt is the architecture.
#
#   weft_module(name USES module… LIBS target… PRECOMPILE header…)
#
# PRECOMPILE: headers that most files of the module include and that cost seconds each. A file still includes what it
# needs by itself: without -DWEFT_PRECOMPILE=ON it compiles the same.
# Every *.cc of the folder belongs to the module; *_test.cc become the test program <name>_test, *_fuzz.cc one fuzz
# target each (libFuzzer with -DWEFT_FUZZ=ON and clang).
option(WEFT_FUZZ "fuzz targets by libFuzzer (needs clang)" OFF)
option(WEFT_PRECOMPILE "precompiled headers: a clean build in half the time" OFF)
option(WEFT_PLANT_BUG "compile the bugs that the fuzz targets must find" OFF)
function(weft_module name)
  cmake_parse_arguments(M "" "" "USES;LIBS;PRECOMPILE" ${ARGN})
  foreach(dep IN LISTS M_USES)
    if(NOT TARGET weft_${dep})
      message(FATAL_ERROR "${name} may not use ${dep}: only modules declared before it")
    endif()
  endforeach()
  set(root ${CMAKE_BINARY_DIR}/inc/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${name} ${root}/${name} SYMBOLIC)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(TRANSFORM M_USES PREPEND weft_)
  if(sources)
    add_library(weft_${name} STATIC ${sources})
    target_include_directories(weft_${name} PUBLIC ${root})
    target_link_libraries(weft_${name} PRIVATE ${M_USES} ${M_LIBS})
    if(WEFT_PRECOMPILE AND M_PRECOMPILE)
      target_precompile_headers(weft_${name} PRIVATE ${M_PRECOMPILE})
      target_compile_options(weft_${name} PRIVATE -fpch-preprocess)  # For ccache.
    endif()
  else()
    add_library(weft_${name} INTERFACE)
    target_include_directories(weft_${name} INTERFACE ${root})
  endif()
  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE weft_${name} ${M_USES} ${M_LIBS}
                          GTest::gtest GTest::gmock GTest::gtest_main)
    add_test(NAME unit_${name} COMMAND ${name}_test)
  endif()
  # With clang a fuzz target is a libFuzzer program; otherwise the small driver makes a smoke test of it.
  foreach(file IN LISTS fuzzers)
    get_filename_component(fuzzer ${file} NAME_WE)
    add_executable(${fuzzer} ${file})
    target_link_libraries(${fuzzer} PRIVATE weft_${name} ${M_USES} ${M_LIBS})
    if(WEFT_FUZZ)
      target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
    else()
      target_sources(${fuzzer} PRIVATE ${CMAKE_SOURCE_DIR}/test/fuzz/driver.cc)
      add_test(NAME fuzz_${fuzzer} COMMAND ${fuzzer} 1 1 ${CMAKE_SOURCE_DIR}/test/fuzz/corpus/${fuzzer})
    endif()
  endforeach()
endfunction()
