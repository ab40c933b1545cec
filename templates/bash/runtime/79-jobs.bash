# --- Jobs that Proxmox runs by itself: backups and replication ---------------------------------------

JOBS_READ=0       # 1: the files have been read
declare -A JOB=() # "backup NAME/OPTION" or "replication ID/OPTION" -> its value; "backup NAME" -> 1

# read_jobs: reads what Proxmox keeps of them, once until something is written.
read_jobs() {
	((JOBS_READ == 0)) || return 0
	local file line kind='' id=''
	local -a lines=()
	JOBS_READ=1 JOB=()
	for file in jobs replication; do
		lines=()
		[[ ! -e ${PVE}/${file}.cfg ]] || mapfile -t lines <"${PVE}/${file}.cfg"
		for line in "${lines[@]}"; do
			if [[ ${line} =~ ^(vzdump|local):[[:blank:]]*([^[:blank:]]+) ]]; then
				kind=backup id=${BASH_REMATCH[2]}
				[[ ${BASH_REMATCH[1]} == vzdump ]] || kind=replication
				JOB["${kind} ${id}"]=1
			elif [[ ${line} =~ ^[^[:blank:]] ]]; then
				id=''
			elif [[ -n ${id} && ${line} =~ ^[[:blank:]]+([^[:blank:]]+)[[:blank:]]*(.*)$ ]]; then
				JOB["${kind} ${id}/${BASH_REMATCH[1]}"]=${BASH_REMATCH[2]:-1}
			fi
		done
	done
}

# need_replication ID TARGET: the cluster has the node that gets the copy, and a job that is there sends it to that one; Proxmox
# cannot change it.
need_replication() {
	[[ -n ${NODE} ]] || return 0
	read_jobs
	local live=${JOB["replication $1/target"]-}
	[[ -d ${PVE}/nodes/$2 ]] || problem "the cluster has no node $2 (replication $1)"
	[[ -z ${live} || ${live} == "$2" ]] || problem "replication $1 goes to ${live}, declared as $2; Proxmox cannot change it, pvesr delete $1 would remove it with its copy"
}

# same_job OPTION WANTED LIVE: whether an option of a job has the value. Lists and property strings have no order; what is not set is
# what Proxmox takes for it.
same_job() {
	local live=$3
	case $1 in
	comment) same_decoded "${live}" "$2" ;;
	vmid | exclude | prune-backups | performance | fleecing) same_set "$2" "${live}" ;;
	enabled | stdexcludes | remove) [[ ${live:-1} == "$2" ]] ;;
	*) [[ ${live} == "$2" || (-z ${live} && $2 == 0) ]] ;;
	esac
}

# job backup|replication ID [--without OPTION]... COMMAND...: makes the job with COMMAND, or sets the options that differ in one call.
job() {
	active || return 0
	local kind=$1 id=$2 name live i
	local -a gone=() options=() drift=() texts=()
	shift 2
	while [[ ${1-} == --without ]]; do
		gone+=("$2")
		shift 2
	done
	read_jobs
	if [[ -z ${JOB["${kind} ${id}"]-} ]]; then
		if [[ ${kind} == replication ]] && ! checking && [[ ! -e ${PVE}/qemu-server/${id%-*}.conf && ! -e ${PVE}/lxc/${id%-*}.conf ]]; then
			note "there is no guest ${id%-*} on this node, so that its replication ${id} is not made"
			return 0
		fi
		checking || run_job "$@"
		change '+' "${kind} ${id}"
		return 0
	fi
	options=("${@:5}")
	[[ ${kind} == replication ]] || options=("${@:6}")
	for ((i = 0; i < ${#options[@]}; i += 2)); do
		name=${options[i]#--}
		live=${JOB["${kind} ${id}/${name}"]-}
		! same_job "${name}" "${options[i + 1]}" "${live}" || continue
		drift+=("${options[@]:i:2}")
		texts+=("${kind} ${id}: ${name} ${live:-(unset)} -> ${options[i + 1]}")
	done
	# What says which guests it is for says it alone; Proxmox takes the others back by itself, but for the guests that are left out.
	if [[ ${kind} == backup && " ${options[*]} " == *' --all '* && " ${options[*]} " != *' --exclude '* ]]; then gone+=(exclude); fi
	live=''
	for name in "${gone[@]}"; do
		[[ -n ${JOB["${kind} ${id}/${name}"]-} ]] || continue
		live+=",${name}"
		texts+=("${kind} ${id}: ${name} ${JOB["${kind} ${id}/${name}"]} -> (unset)")
	done
	[[ -z ${live} ]] || drift+=(--delete "${live#,}")
	((${#drift[@]} > 0)) || return 0
	if ! checking; then
		if [[ ${kind} == backup ]]; then
			run_job pvesh set "/cluster/backup/${id}" "${drift[@]}"
		else
			run_job pvesr update "${id}" "${drift[@]}"
		fi
	fi
	for name in "${texts[@]}"; do change '~' "${name}"; done
}

# run_job COMMAND...
run_job() {
	run "$@"
	JOBS_READ=0
}
