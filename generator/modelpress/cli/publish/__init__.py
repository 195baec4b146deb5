"""`modelpress publish`: one module a kind of thing that is published."""
