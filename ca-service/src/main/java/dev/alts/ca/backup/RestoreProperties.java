package dev.alts.ca.backup;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties below {@code alts.ca.restore}.
 *
 * @param file a backup that is loaded into an empty database before anything else
 * @param confirm the code that a start with a restored or copied database asks for: the operator's
 *     word that the original is stopped for good
 * @param allowInsecureLiveOriginal goes on although something still answers where the original
 *     listened
 */
@ConfigurationProperties("alts.ca.restore")
record RestoreProperties(
    @Nullable Path file,
    @Nullable String confirm,
    @DefaultValue("false") boolean allowInsecureLiveOriginal) {}
