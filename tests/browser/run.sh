echo "LEAD: time is up: commit with git and end now"; exit 1
