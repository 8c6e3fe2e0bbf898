// The command line: verbs, options, exit codes. The only file that sees CLI11 is cli.cc; what a verb does lies in
// the cli_*.cc file of its family.
#pragma once

namespace weft::app {

// Returns the process's exit code: 0 done, 1 the answer is no, 2 could not run, 4 login needed, 5 denied, 6 conflict,
// 7 not found, 8 breaking change refused, 9 unavailable, 130 interrupted.
int RunCommandLine(int argc, char** argv);

}  // namespace weft::app
