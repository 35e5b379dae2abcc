/**
 * What altsctl prints: tables for people, JSON for programs.
 *
 * <p>It decides how an answer looks, never what is asked. It knows no network and no file.
 */
@NullMarked
package dev.alts.cli.output;

import org.jspecify.annotations.NullMarked;
