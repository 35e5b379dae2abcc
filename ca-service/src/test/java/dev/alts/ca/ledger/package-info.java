/** Tests of partitions: what is made, what is dropped, what never is. */
@NullMarked
package dev.alts.ca.ledger;

import org.jspecify.annotations.NullMarked;
