"""What can go wrong in the locked room, told as little as possible.

An answer that says *which* check failed helps only someone who is trying keys, so opening has exactly one
error.
"""

from server.errors import Unavailable


class SealBroken(Unavailable):
    """Something sealed or signed did not open under its key and context; which check failed is never said.

    Raised alike for a changed byte, another row's or county's ciphertext, an unknown version or suite, and a
    key that is not the subject's. It is a fault of the server or an attack on its data, never of the request.
    """

    def __init__(self) -> None:
        """Carry the one code and nothing else."""
        super().__init__("seal_broken")


class KeyRefused(Unavailable):
    """A key file or master key may not be used: the process must not start, or not go on, with it.

    The code tells the operator what to mend; it never holds key material.
    """
