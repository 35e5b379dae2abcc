/**
 * X509-SVIDs: strict parsing, our extension, and a validation layer over the JDK's.
 *
 * <p>The JDK parses and validates; everything that it is known to accept wrongly is refused here.
 * BouncyCastle stays out of the way of a peer's bytes. This package knows no trust document and no
 * policy. Start reading at {@link dev.alts.identity.x509.SvidCertificate}.
 */
@NullMarked
package dev.alts.identity.x509;

import org.jspecify.annotations.NullMarked;
