/**
 * Humans who show a token of a configured OpenID provider instead of a certificate.
 *
 * <p>It decides which token stands for which human of the registry, and knows nothing of what they
 * may do. Start reading at {@code OidcLogin}.
 */
@NullMarked
package dev.alts.ca.admin.oidc;

import org.jspecify.annotations.NullMarked;
