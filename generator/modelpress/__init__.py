"""modelpress: ranked model candidates in, a proven deployable project out."""
