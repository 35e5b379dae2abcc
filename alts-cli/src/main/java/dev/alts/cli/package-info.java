/**
 * altsctl: the command line of operators, admins and humans.
 *
 * <p>This package wires the commands to the process's streams, files and clock and turns failures
 * into exit codes. It knows no REST path and no key. Start reading at {@link dev.alts.cli.Altsctl};
 * what the commands do is in {@code dev.alts.cli.command}.
 */
@NullMarked
package dev.alts.cli;

import org.jspecify.annotations.NullMarked;
