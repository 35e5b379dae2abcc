/**
 * The certificate authority: boot application and nothing else. Each package below is a module with
 * its own authority; start reading at {@code issuance}.
 */
@NullMarked
package dev.alts.ca;

import org.jspecify.annotations.NullMarked;
