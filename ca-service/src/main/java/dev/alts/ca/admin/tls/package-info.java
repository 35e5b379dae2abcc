/**
 * TLS 1.3 of the admin port with the CA's own SVID, swapped live, and optional client certificates.
 *
 * <p>It decides how the port listens, and knows nothing of what is asked there. Start reading at
 * {@code AdminPort}.
 */
@NullMarked
package dev.alts.ca.admin.tls;

import org.jspecify.annotations.NullMarked;
