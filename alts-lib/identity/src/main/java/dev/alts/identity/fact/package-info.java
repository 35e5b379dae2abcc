/**
 * What is proven about a machine or a process, and who says so.
 *
 * <p>Values only: gathering facts is the agent's work, judging them the CA's. Start reading at
 * {@link dev.alts.identity.fact.Fact}.
 */
@NullMarked
package dev.alts.identity.fact;

import org.jspecify.annotations.NullMarked;
