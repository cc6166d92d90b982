"""The labeler `drawing`: reads the simulated drawings, from their pixels and from nothing else.

Belongs here: reading colors, areas and positions. Does not belong here: the drawer, or the planted truth, which this
package never imports (it shares the declared colors with the drawer, `simulated.palette`).
"""

from assets.simulation.drawing.labeler import Drawing

__all__ = ["Drawing"]
