"""Stand-ins, stations and servers for the tests and benches. No tests here."""
