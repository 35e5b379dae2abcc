/** Tests of the admin port: a complete CA, real HTTPS, real client certificates. */
@NullMarked
package dev.alts.ca.admin;

import org.jspecify.annotations.NullMarked;
