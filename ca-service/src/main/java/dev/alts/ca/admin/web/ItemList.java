package dev.alts.ca.admin.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next what to ask for as {@code after}; null: this is the end
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ItemList<T>(List<T> items, @Nullable String next) {
  public ItemList {
    items = List.copyOf(items);
  }
}
