/**
 * Makes complete credentials for our library of what a CA gives to those who have no agent:
 * documents, and a master certificate whose key is here.
 */
@NullMarked
package dev.alts.cli.snapshot;

import org.jspecify.annotations.NullMarked;
