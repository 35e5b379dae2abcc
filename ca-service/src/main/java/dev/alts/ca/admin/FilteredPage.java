package dev.alts.ca.admin;

import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A page of those items that the caller may see: full unless the list ends, and its cursor names an
 * item that was seen, so that pages tell nothing of what is between them.
 */
final class FilteredPage {
  /** How many are read at once, whatever the page's size: most may be somebody else's. */
  private static final int BATCH = 500;

  private FilteredPage() {}

  /** Reads on behind a cursor; empty: from the first. */
  @FunctionalInterface
  interface Source<T> {
    List<T> read(String after, int limit);
  }

  static <T, V> ItemList<V> of(
      PageRequest page,
      Source<T> source,
      Predicate<T> visible,
      Function<T, String> cursor,
      Function<T, V> view) {
    List<T> found = new ArrayList<>();
    String after = page.after();
    while (found.size() <= page.limit()) {
      List<T> batch = source.read(after, BATCH);
      batch.stream().filter(visible).forEach(found::add);
      if (batch.size() < BATCH) {
        break;
      }
      after = cursor.apply(batch.getLast());
    }
    boolean more = found.size() > page.limit();
    List<T> items = more ? found.subList(0, page.limit()) : found;
    @Nullable String next = more ? cursor.apply(items.getLast()) : null;
    return new ItemList<>(items.stream().map(view).toList(), next);
  }
}
