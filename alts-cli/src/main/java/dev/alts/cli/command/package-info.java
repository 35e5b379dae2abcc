/**
 * The commands of altsctl, one class for each noun, one method for each verb.
 *
 * <p>A command turns its options into one request, and the answer into a table or JSON. It decides
 * nothing that the CA decides: what is refused is refused there, and shown here.
 */
@NullMarked
package dev.alts.cli.command;

import org.jspecify.annotations.NullMarked;
