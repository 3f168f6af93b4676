// The module has a header only; SwiftPM wants one source file in a C target.
#include "CProcess.h"
