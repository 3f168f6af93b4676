#ifndef CPKCS11_H
#define CPKCS11_H

/* PKCS #11 v2.40 as p11-kit writes it. A header only: the module is loaded at run time. p11-kit itself is not linked,
   for its pkg-config flags bring in its proxy module. Named from the include root, so that no flags are needed. */
#include <p11-kit-1/p11-kit/pkcs11.h>

#endif
