/** Tests of the admin port's shell that need no port. */
@NullMarked
package dev.alts.ca.admin.web;

import org.jspecify.annotations.NullMarked;
