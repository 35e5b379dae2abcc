/**
 * The scenes, one class each, played in the order of {@link dev.alts.demo.scene.Scenes}.
 *
 * <p>A scene makes the processes of its cast do something, checks that it happened, and tells the
 * audience. A scene that does not go as it should fails the demo.
 */
@NullMarked
package dev.alts.demo.scene;

import org.jspecify.annotations.NullMarked;
