from tests.cluster.cli import main

raise SystemExit(main())
