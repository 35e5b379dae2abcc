/**
 * The shell around every operation of the admin port: who asks, what the port denies, limits on
 * what is read, and one form for everything that goes wrong.
 *
 * <p>It knows no operation beyond its path. Start reading at {@code AdminSecurity}.
 */
@NullMarked
package dev.alts.ca.admin.web;

import org.jspecify.annotations.NullMarked;
