"""The command line: parse, call one porcelain verb, hand the result to ui."""
