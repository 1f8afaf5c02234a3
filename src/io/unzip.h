/* gzip files (RFC 1952: one or more members) read as what they unzip to. Nothing but members and zeros, as tapes have them,
   may be in one; zlib's own gzread leaves out the rest without a word. */
#ifndef IO_UNZIP_H
#define IO_UNZIP_H

#include "in_file.h"

/* Looks whether a file that was just opened is gzip; if so, it has the bytes and the size of what it unzips to from here on
   (file->filter is set). It is unzipped once, to know its size and that it is sound. Bytes are unzipped again as they are
   read: going back starts from the beginning. Memory: about 64 KiB, zlib's and malloc's.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (damaged, ends within a member, has something behind the last member),
   CLUDI_ERROR_MEMORY, CLUDI_STOPPED. */
cludi_status unzip_attach(in_file *file, cludi_error *error);

#endif
