package dev.alts.ca.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatheredLookupsTest {
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<Query> queries = new LinkedBlockingQueue<>();
  private final GatheredLookups<String, Integer> lookups = new GatheredLookups<>(this::ask);

  /** A query on its way, answered by the test. */
  private record Query(Set<String> keys, CompletableFuture<Map<String, Integer>> answer) {}

  private Map<String, Integer> ask(Set<String> keys) {
    Query query = new Query(Set.copyOf(keys), new CompletableFuture<>());
    queries.add(query);
    return query.answer().join();
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void keysThatNobodyHasAreAbsent() throws Exception {
    Future<Optional<Integer>> found = find("unknown");
    next().answer().complete(Map.of());

    assertThat(found.get()).isEmpty();
  }

  @Test
  void whatIsAskedWhileTheDatabaseAnswersIsAskedTogether() throws Exception {
    Future<Optional<Integer>> first = find("a");
    Query firstQuery = next();
    Future<Optional<Integer>> second = find("b");
    Query secondQuery = next();
    // Both lanes are taken now.
    CountDownLatch asking = new CountDownLatch(50);
    List<Future<Optional<Integer>>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String key = "c" + i;
      waiting.add(
          callers.submit(() -> {
            asking.countDown();
            return lookups.find(key);
          }));
    }
    asking.await();
    firstQuery.answer().complete(Map.of("a", 1));
    secondQuery.answer().complete(Map.of("b", 2));

    assertThat(first.get()).contains(1);
    assertThat(second.get()).contains(2);
    int asked = 0;
    int together = 0;
    while (asked < 50) {
      Query query = next();
      together++;
      asked += query.keys().size();
      query.answer().complete(Map.of());
    }
    for (Future<Optional<Integer>> one : waiting) {
      assertThat(one.get()).isEmpty();
    }
    assertThat(together).isLessThan(50);
  }

  @Test
  void answerIsNeverOlderThanTheQuestion() throws Exception {
    Future<Optional<Integer>> before = find("a");
    Query old = next();
    Future<Optional<Integer>> after = find("a");
    Query fresh = next();
    fresh.answer().complete(Map.of("a", 2));
    old.answer().complete(Map.of("a", 1));

    assertThat(before.get()).contains(1);
    assertThat(after.get()).contains(2);
  }

  @Test
  void failureIsToldToThoseWhoAskedAndForgotten() throws Exception {
    Future<Optional<Integer>> failing = find("a");
    next().answer().completeExceptionally(new IllegalStateException("the database is away"));

    assertThatThrownBy(failing::get).hasRootCauseMessage("the database is away");
    Future<Optional<Integer>> again = find("a");
    next().answer().complete(Map.of("a", 3));
    assertThat(again.get()).contains(3);
  }

  private Future<Optional<Integer>> find(String key) {
    return callers.submit(() -> lookups.find(key));
  }

  private Query next() throws InterruptedException {
    Query query = queries.poll(30, TimeUnit.SECONDS);
    assertThat(query).as("a query within 30 s").isNotNull();
    return query;
  }
}
