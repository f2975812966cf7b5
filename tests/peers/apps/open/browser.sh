#!/bin/sh
echo "$1" > "$OPENED"
