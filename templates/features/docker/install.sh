#!/bin/sh
need_debian

# repository NAME KEY-URL LINE: a repository of packages with its key.
repository() {
	packages ca-certificates curl gnupg
	mkdir -p /etc/apt/keyrings
	test -s "/etc/apt/keyrings/$1.gpg" || {
		curl -fsSL --retry 3 "$2" -o "/etc/apt/keyrings/$1.key"
		gpg --batch --yes --dearmor -o "/etc/apt/keyrings/$1.gpg" "/etc/apt/keyrings/$1.key"
	}
	if printf '%s\n' "$3" | put "/etc/apt/sources.list.d/$1.list"; then refresh; fi
}

# from_docker: the packages of docker.com, in the wanted version.
from_docker() {
	os=$(os_release ID)
	codename=$(os_release VERSION_CODENAME)
	architecture=$(dpkg --print-architecture)
	case ${os} in debian | ubuntu) ;; *) os=debian ;; esac
	repository docker "https://download.docker.com/linux/${os}/gpg" \
		"deb [arch=${architecture} signed-by=/etc/apt/keyrings/docker.gpg] https://download.docker.com/linux/${os} ${codename} stable"
	engine=docker-ce
	if test -n "${PARAM_VERSION}"; then
		found=$(apt-cache madison docker-ce | awk -v want=":${PARAM_VERSION}" 'index($3, want) { print $3; exit }')
		test -n "${found}" || {
			echo "docker.com has no version ${PARAM_VERSION} for ${codename}"
			exit 1
		}
		engine="docker-ce=${found}"
	fi
	apt_do --no-install-recommends --allow-downgrades install "${engine}" docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin
}

case ${PARAM_SOURCE} in
docker) from_docker ;;
*)
	test -z "${PARAM_VERSION}" || {
		echo 'the distribution has one version only; give source = docker for another'
		exit 1
	}
	packages docker.io
	fresh
	# What else there is differs: the client stands by itself in some releases, and compose has two names.
	for choice in docker-cli 'docker-compose-v2 docker-compose'; do
		for package in ${choice}; do
			if on_offer "${package}"; then
				packages "${package}"
				break
			fi
		done
	done
	;;
esac

if test "${PARAM_GPU}" = true; then
	repository nvidia-container-toolkit https://nvidia.github.io/libnvidia-container/gpgkey \
		"deb [signed-by=/etc/apt/keyrings/nvidia-container-toolkit.gpg] https://nvidia.github.io/libnvidia-container/stable/deb/\$(ARCH) /"
	packages nvidia-container-toolkit
fi

changed=0
if test -n "${PARAM_DAEMON}" && printf '%s\n' "${PARAM_DAEMON}" | put /etc/docker/daemon.json; then changed=1; fi
if test "${PARAM_GPU}" = true; then
	nvidia-ctk runtime configure --runtime=docker
	# A container cannot manage the control groups of devices.
	! systemd-detect-virt --container --quiet || nvidia-ctk config --in-place --set nvidia-container-cli.no-cgroups=true
	changed=1
fi
service_on docker
if test "${changed}" = 1 && test -d /run/systemd/system; then systemctl restart docker; fi
for user in ${PARAM_USERS}; do usermod -aG docker "${user}"; done
