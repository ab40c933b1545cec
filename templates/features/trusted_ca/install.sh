#!/bin/sh
need_debian
certificate=${PARAM_CERTIFICATE:-${PARAM_CERTIFICATE_FILE}}
case ${certificate} in
*'-----BEGIN CERTIFICATE-----'*) ;;
*)
	echo 'the certificate is not in PEM form'
	exit 1
	;;
esac
packages ca-certificates
# One that cannot be read would break all that reads the bundle.
printf '%s\n' "${certificate}" | openssl x509 -noout || {
	echo 'the certificate cannot be read'
	exit 1
}
if printf '%s\n' "${certificate}" | put "/usr/local/share/ca-certificates/${PARAM_NAME}.crt"; then update-ca-certificates --fresh; fi
