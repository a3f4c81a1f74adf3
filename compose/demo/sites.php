<?php
// The hosting panel's page: it takes a few milliseconds, or as many seconds as it is told to.
usleep((int) (1000 * random_int(2, 15) + 1e6 * (float) ($_GET['seconds'] ?? 0)));
echo "The hosting panel's sites\n";
