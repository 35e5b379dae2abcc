@NullMarked
package dev.alts.cli.offline;

import org.jspecify.annotations.NullMarked;
