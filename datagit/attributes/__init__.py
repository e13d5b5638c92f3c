"""Pattern files: .dgignore and .dgattributes."""
