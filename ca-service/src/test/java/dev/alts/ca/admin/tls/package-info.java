/** Tests of the admin port's TLS. */
@NullMarked
package dev.alts.ca.admin.tls;

import org.jspecify.annotations.NullMarked;
